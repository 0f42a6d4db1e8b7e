package io.r3mes.backend.block;

import java.time.Instant;

/**
 * One block of the chain.
 *
 * @param miner the wallet that mined it
 * @param transactions how many transactions it holds
 */
public record Block(long height, String hash, String previousHash, String miner, int transactions, Instant minedAt) {}
