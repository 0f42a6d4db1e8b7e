package io.r3mes.cache.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FreePortsTest {

    @Test
    void givesNoPortTwice() {
        assertThat(IntStream.range(0, 200).map(i -> FreePorts.next())).doesNotHaveDuplicates();
    }

    @Test
    void givesNoPortThatIsInUse() throws IOException {
        int port = FreePorts.next();
        try (ServerSocket used = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            assertThat(IntStream.range(0, FreePorts.OF_A_FORK).map(i -> FreePorts.next()))
                    .doesNotContain(used.getLocalPort());
        }
    }
}
