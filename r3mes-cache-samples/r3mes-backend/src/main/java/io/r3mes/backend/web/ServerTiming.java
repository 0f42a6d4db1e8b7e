package io.r3mes.backend.web;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyAdvice;

/** Adds the time that the handler took to each response, in milliseconds. */
@RestControllerAdvice
class ServerTiming implements ResponseBodyAdvice<Object> {

    static final String STARTED = ServerTiming.class.getName() + ".started";

    @Override
    public boolean supports(MethodParameter returnType, Class<? extends HttpMessageConverter<?>> converterType) {
        return true;
    }

    @Override
    public @Nullable Object beforeBodyWrite(
            @Nullable Object body,
            MethodParameter returnType,
            MediaType contentType,
            Class<? extends HttpMessageConverter<?>> converterType,
            ServerHttpRequest request,
            ServerHttpResponse response) {
        if (request instanceof ServletServerHttpRequest servlet
                && servlet.getServletRequest().getAttribute(STARTED) instanceof Long started) {
            double millis = (System.nanoTime() - started) / 1e6;
            response.getHeaders().set("Server-Timing", String.format(Locale.ROOT, "handler;dur=%.3f", millis));
        }
        return body;
    }
}
