package io.r3mes.cache.spring.interceptor;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.spring.R3mesCacheInvalidate;
import io.r3mes.cache.spring.R3mesCacheable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which classes are searched for annotated methods, and which are passed by. */
class MethodAnnotationsTest {

    @ParameterizedTest
    @ValueSource(
            classes = {
                Own.class,
                Inheriting.class,
                Implementing.class,
                Deeper.class,
                Declared.class,
                Meta.class,
                Many.class
            })
    void areInAClassThatHasThemOrInheritsThem(Class<?> type) {
        assertThat(MethodAnnotations.areIn(type)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(classes = {Plain.class, Object.class, String.class, Comparable.class})
    void areNotInAClassWithoutThem(Class<?> type) {
        assertThat(MethodAnnotations.areIn(type)).isFalse();
    }

    @Test
    void areInAProxyOfAnInterfaceThatHasThem() {
        Object proxy = Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Contract.class}, (self, method, arguments) -> null);
        assertThat(MethodAnnotations.areIn(proxy.getClass())).isTrue();
    }

    static class Own {
        @R3mesCacheable("users")
        public String user(String id) {
            return id;
        }
    }

    static class Inheriting extends Own {}

    interface Contract {
        @R3mesCacheable("users")
        String user(String id);
    }

    interface Wider extends Contract {}

    static class Implementing implements Wider {
        @Override
        public String user(String id) {
            return id;
        }
    }

    static class Deeper extends Implementing {}

    static class Declared {
        @R3mesCacheable("users")
        String user(String id) {
            return id;
        }
    }

    @Retention(RetentionPolicy.RUNTIME)
    @R3mesCacheInvalidate(everything = true)
    @interface Everything {}

    static class Meta {
        @Everything
        public void change() {}
    }

    static class Many {
        @R3mesCacheInvalidate(tags = "a")
        @R3mesCacheInvalidate(tags = "b")
        public void change() {}
    }

    static class Plain implements Comparable<Plain> {
        @Deprecated
        public String user(String id) {
            return id;
        }

        @Override
        public int compareTo(Plain other) {
            return 0;
        }
    }
}
