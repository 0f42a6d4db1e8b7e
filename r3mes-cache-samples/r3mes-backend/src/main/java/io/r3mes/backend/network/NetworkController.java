package io.r3mes.backend.network;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The network's figures over HTTP. */
@RestController
class NetworkController {

    private final NetworkRepository network;

    NetworkController(NetworkRepository network) {
        this.network = network;
    }

    @GetMapping("/api/network/stats")
    NetworkStats stats() {
        return network.stats();
    }
}
