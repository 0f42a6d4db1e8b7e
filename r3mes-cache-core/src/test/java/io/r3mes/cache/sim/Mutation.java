package io.r3mes.cache.sim;

import io.r3mes.cache.AsyncLoader;
import io.r3mes.cache.engine.EngineConfig;
import io.r3mes.cache.spi.InvalidationLog;
import io.r3mes.cache.spi.LocalStore;
import io.r3mes.cache.spi.RemoteStore;

/** A rule of the protocol that is switched off around the engine, in the ports and loaders that it is given. */
interface Mutation {

    /** Nothing is switched off. */
    Mutation NONE = new Mutation() {};

    /** The life of a node that is mutated. */
    record Site(World world, SimLoop.Life life, SimPorts ports) {}

    /** Whether it can show in a scenario at all. */
    default boolean concerns(Scenario scenario) {
        return true;
    }

    default RemoteStore store(Site site, RemoteStore real) {
        return real;
    }

    default InvalidationLog log(Site site, InvalidationLog real) {
        return real;
    }

    default LocalStore local(Site site, LocalStore real) {
        return real;
    }

    default EngineConfig.Coherence coherence(EngineConfig.Coherence real) {
        return real;
    }

    /** Whether a server that takes over begins a new generation where that is wanted. */
    default boolean fences() {
        return true;
    }

    /** The loader that one read hands to the cache. */
    default AsyncLoader<String, Long> loader(World world, SimLoop.Life node, AsyncLoader<String, Long> real) {
        return real;
    }
}
