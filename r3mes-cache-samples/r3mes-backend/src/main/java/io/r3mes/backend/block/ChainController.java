package io.r3mes.backend.block;

import jakarta.validation.Valid;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Blocks and transactions over HTTP. */
@RestController
class ChainController {

    private final BlockRepository blocks;
    private final ChainService service;

    ChainController(BlockRepository blocks, ChainService service) {
        this.blocks = blocks;
        this.service = service;
    }

    @GetMapping("/api/blocks/height")
    BlockHeight height() {
        return blocks.height();
    }

    @GetMapping("/api/blocks/recent")
    List<Block> recent() {
        return blocks.recent();
    }

    @PostMapping("/api/blocks")
    @ResponseStatus(HttpStatus.CREATED)
    Block append() {
        return service.append();
    }

    @PostMapping("/api/transactions")
    @ResponseStatus(HttpStatus.ACCEPTED)
    void record(@Valid @RequestBody Transfer transfer) {
        service.record(transfer);
    }
}
