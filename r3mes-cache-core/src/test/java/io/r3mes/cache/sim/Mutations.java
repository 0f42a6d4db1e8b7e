package io.r3mes.cache.sim;

import io.r3mes.cache.AsyncLoader;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.OnFailover;
import io.r3mes.cache.engine.EngineConfig;
import io.r3mes.cache.spi.Appended;
import io.r3mes.cache.spi.Claim;
import io.r3mes.cache.spi.Head;
import io.r3mes.cache.spi.InvalidationLog;
import io.r3mes.cache.spi.InvalidationLog.NodeBeat;
import io.r3mes.cache.spi.Lease;
import io.r3mes.cache.spi.LocalEntry;
import io.r3mes.cache.spi.LocalStore;
import io.r3mes.cache.spi.LogEntry;
import io.r3mes.cache.spi.Marks;
import io.r3mes.cache.spi.Nodes;
import io.r3mes.cache.spi.RemoteStore;
import io.r3mes.cache.spi.ValueHeader;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.zip.CRC32C;

/** The rules of the protocol, each switched off. The name says what holds instead. */
enum Mutations implements Mutation {

    /** Rule 1: the birth is the head as it is some time after the load began. */
    BIRTH_AFTER_THE_LOAD {
        @Override
        public InvalidationLog log(Site site, InvalidationLog real) {
            return Altered.of(
                    InvalidationLog.class,
                    real,
                    "head",
                    call -> call.<Head>then(head -> new Head(
                            head.generation(),
                            head.replication(),
                            Math.max(head.position(), head.serverMicros() + 5_000),
                            head.lastId(),
                            head.serverMicros())));
        }
    },

    /** Rule 2: all attempts of a node share a token. */
    LEASE_PER_NODE {
        @Override
        public RemoteStore store(Site site, RemoteStore real) {
            return Altered.each(
                    RemoteStore.class,
                    real,
                    List.of("acquire", "takeOver", "renew", "release", "store", "unlinkKeeping"),
                    call -> {
                        Lease lease = call.argument(0);
                        call.argument(0, new Lease(lease.key(), site.life().toString(), lease.duration()));
                        return call.go();
                    });
        }
    },

    /** Rule 2: the client sends a request for a lease again. */
    LEASE_REQUEST_SENT_AGAIN {
        @Override
        public boolean concerns(Scenario scenario) {
            return scenario.load().slowLoads() > 0.1 && scenario.network().logLag() > 0;
        }

        @Override
        public RemoteStore store(Site site, RemoteStore real) {
            return Altered.of(RemoteStore.class, real, "acquire", call -> {
                SimLoop loop = site.world().loop();
                for (int i = 1; i <= 4; i++) {
                    loop.after(loop.between(0, 50 * i) * SimLoop.MILLI, site.life(), call::go);
                }
                return call.go();
            });
        }
    },

    /** Rule 3: a value is stored whether or not the lease is held. */
    UNCONDITIONAL_STORE {
        @Override
        public RemoteStore store(Site site, RemoteStore real) {
            return Altered.of(RemoteStore.class, real, "store", call -> {
                real.takeOver(call.argument(0));
                return call.go();
            });
        }
    },

    /** Rule 4: the event is appended before the value is removed. */
    EVENT_BEFORE_UNLINK {
        @Override
        public RemoteStore store(Site site, RemoteStore real) {
            return Altered.of(RemoteStore.class, real, "unlink", call -> {
                site.world().loop().after(SimLoop.MILLI * 20, site.life(), call::go);
                return CompletableFuture.completedFuture(true);
            });
        }
    },

    /** Rule 4: the value is removed, a lease on it is not. */
    UNLINK_LEAVES_THE_LEASE {
        @Override
        public RemoteStore store(Site site, RemoteStore real) {
            return Altered.of(
                    RemoteStore.class,
                    real,
                    "unlink",
                    call -> real.unlinkBornBefore(call.argument(0), Long.MAX_VALUE)
                            .thenApply(RemoteStore.Reclaimed::removed));
        }
    },

    /** Rule 4: the issuer learns of its own event through the log only. */
    OWN_EVENT_NOT_RECORDED {
        @Override
        public InvalidationLog log(Site site, InvalidationLog real) {
            return Altered.of(
                    InvalidationLog.class,
                    real,
                    "append",
                    call -> call.<Appended>then(appended ->
                            new Appended(appended.generation(), 1, appended.id(), appended.contested(), 0)));
        }
    },

    /** Rule 5: an entry read from Redis counts as born when it was read. */
    BIRTH_IS_THE_TIME_OF_READING {
        @Override
        public RemoteStore store(Site site, RemoteStore real) {
            return Altered.of(RemoteStore.class, real, "get", call -> call.<byte[]>then(Mutations::bornLater));
        }
    },

    /** Rule 5: stamps and rules are not asked for what the node has forgotten. */
    MARKS_NOT_ASKED {
        @Override
        public InvalidationLog log(Site site, InvalidationLog real) {
            return Altered.of(
                    InvalidationLog.class,
                    real,
                    "marks",
                    call -> call.<Marks>then(marks -> new Marks(marks.generation(), 0, 0, List.of())));
        }
    },

    /** Rule 5: stamps are asked, rules are not. */
    RULES_NOT_ASKED {
        @Override
        public InvalidationLog log(Site site, InvalidationLog real) {
            return Altered.of(
                    InvalidationLog.class,
                    real,
                    "marks",
                    call -> call.<Marks>then(marks -> new Marks(marks.generation(), 0, marks.newestTag(), List.of())));
        }
    },

    /** Rule 5: a copy in the near cache counts as proved for ever. */
    SEEN_FOR_EVER {
        @Override
        public LocalStore local(Site site, LocalStore real) {
            return Altered.of(LocalStore.class, real, "put", call -> {
                LocalEntry entry = call.argument(1);
                entry.verified(Long.MIN_VALUE, Long.MAX_VALUE);
                return call.go();
            });
        }
    },

    /** Rule 5: a copy in the near cache is never covered. */
    NEAR_CACHE_NOT_JUDGED {
        @Override
        public LocalStore local(Site site, LocalStore real) {
            return Altered.of(LocalStore.class, real, "put", call -> {
                LocalEntry entry = call.argument(1);
                LocalEntry.Birth birth = new LocalEntry.Birth(entry.generation(), Long.MAX_VALUE, entry.seen());
                LocalEntry.Times times = new LocalEntry.Times(entry.expiresAtNanos(), entry.refreshAtNanos());
                call.argument(1, new LocalEntry(entry.value(), entry.key(), entry.tags(), birth, times));
                return call.go();
            });
        }
    },

    /** Rule 6: a node trusts its near cache without a fresh proof. */
    NO_FENCE {
        @Override
        public EngineConfig.Coherence coherence(EngineConfig.Coherence real) {
            return new EngineConfig.Coherence(
                    Duration.ofHours(1), real.maxRecords(), real.maxPending(), real.onFailover());
        }
    },

    /** Rule 6: any answer to a beat is a proof, whatever the log's head is. */
    ANY_ANSWER_IS_A_PROOF {
        @Override
        public InvalidationLog log(Site site, InvalidationLog real) {
            Map<Long, Head> known = new HashMap<>();
            return Altered.each(InvalidationLog.class, real, List.of("beat", "read"), call -> {
                if (call.name().equals("read")) {
                    return call.<List<LogEntry>>then(entries -> {
                        entries.forEach(
                                entry -> known.put(entry.position(), new Head(0, "", entry.position(), entry.id(), 0)));
                        return entries;
                    });
                }
                NodeBeat beat = call.argument(0);
                return call.<Head>then(head -> {
                    Head same = known.get(beat.applied());
                    if (same == null) {
                        known.put(head.position(), head);
                        return head;
                    }
                    return new Head(
                            head.generation(), head.replication(), same.position(), same.lastId(), head.serverMicros());
                });
            });
        }
    },

    /** Rule 6: an event is taken whatever it names as the one before it. */
    GAPS_NOT_SEEN {
        @Override
        public InvalidationLog log(Site site, InvalidationLog real) {
            Map<Long, String> heads = new HashMap<>();
            return Altered.each(InvalidationLog.class, real, List.of("beat", "read"), call -> {
                if (call.name().equals("beat")) {
                    return call.<Head>then(head -> {
                        heads.put(head.position(), head.lastId());
                        return head;
                    });
                }
                long after = call.argument(0);
                return call.<List<LogEntry>>then(entries -> {
                    String previous = heads.get(after);
                    List<LogEntry> chained = new ArrayList<>();
                    for (LogEntry entry : entries) {
                        String named = previous == null ? entry.previousId() : previous;
                        chained.add(new LogEntry(entry.position(), entry.id(), named, entry.event()));
                        previous = entry.id();
                        heads.put(entry.position(), entry.id());
                    }
                    return chained;
                });
            });
        }
    },

    /** Rule 7: callers share any load that runs. */
    ANY_LOAD_IS_SHARED {
        @Override
        public AsyncLoader<String, Long> loader(World world, SimLoop.Life node, AsyncLoader<String, Long> real) {
            Map<Object, CompletionStage<? extends Long>> running = world.notes(node);
            return (id, context) -> {
                CompletionStage<? extends Long> other = running.get(id);
                if (other != null && !other.toCompletableFuture().isDone()) {
                    return other;
                }
                CompletionStage<? extends Long> own = real.load(id, context);
                running.put(id, own);
                return own;
            };
        }
    },

    /** Rule 8: a write is stored even if another event was appended since its ticket. */
    CONTEST_IGNORED {
        @Override
        public InvalidationLog log(Site site, InvalidationLog real) {
            return Altered.of(
                    InvalidationLog.class,
                    real,
                    "append",
                    call -> call.<Appended>then(appended ->
                            new Appended(appended.generation(), appended.position(), appended.id(), false, 0)));
        }
    },

    /** Rule 9: nobody is waited for. */
    NOBODY_IS_ALIVE {
        @Override
        public InvalidationLog log(Site site, InvalidationLog real) {
            return Altered.of(
                    InvalidationLog.class,
                    real,
                    "nodes",
                    call -> call.<Nodes>then(nodes -> new Nodes(List.of(), nodes.ageMicros())));
        }
    },

    /** Rule 9: a list of nodes counts as complete however young it is. */
    LIST_OF_NODES_TRUSTED {
        @Override
        public boolean concerns(Scenario scenario) {
            boolean forgets = scenario.machines().evictions() > 0
                    || scenario.losesWith(OnFailover.REPLAY)
                    || scenario.losesWith(OnFailover.FENCE);
            return forgets && scenario.network().logLag() > 0;
        }

        @Override
        public InvalidationLog log(Site site, InvalidationLog real) {
            return Altered.of(
                    InvalidationLog.class,
                    real,
                    "nodes",
                    call -> call.<Nodes>then(nodes -> new Nodes(nodes.states(), Long.MAX_VALUE)));
        }
    },

    /** Rule 9: a node registers only after it has served for a while. */
    LATE_REGISTRATION {
        @Override
        public InvalidationLog log(Site site, InvalidationLog real) {
            int[] beats = {0};
            return Altered.of(InvalidationLog.class, real, "beat", call -> {
                NodeBeat beat = call.argument(0);
                return beats[0]++ < 4 ? real.head(beat.applied()) : call.go();
            });
        }
    },

    /** Rule 10: what Redis did not acknowledge counts as done. */
    UNACKNOWLEDGED_COUNTS {
        @Override
        public InvalidationLog log(Site site, InvalidationLog real) {
            return Altered.of(
                    InvalidationLog.class,
                    real,
                    "append",
                    call -> call.go()
                            .exceptionally(failure ->
                                    new Appended(1, site.world().loop().now(), "none", false, 0)));
        }
    },

    /** Rule 11: what the log holds after a failover is taken for all that it ever held. */
    NOTHING_SENT_AGAIN {
        @Override
        public boolean concerns(Scenario scenario) {
            return scenario.losesWith(OnFailover.REPLAY);
        }

        @Override
        public InvalidationLog log(Site site, InvalidationLog real) {
            Map<String, LogEntry> known = new LinkedHashMap<>();
            return Altered.each(InvalidationLog.class, real, List.of("append", "read"), call -> {
                if (call.name().equals("append")) {
                    InvalidationLog.Append append = call.argument(0);
                    return call.<Appended>then(appended -> {
                        known.put(appended.id(), new LogEntry(appended.position(), appended.id(), "", append.event()));
                        return appended;
                    });
                }
                Duration wait = call.argument(2);
                return call.<List<LogEntry>>then(entries -> {
                    entries.forEach(entry -> known.put(entry.id(), entry));
                    return wait.isZero() ? List.copyOf(known.values()) : entries;
                });
            });
        }
    },

    /** Rule 11: a server that takes over goes on with the generation of the last one. */
    NO_FENCE_AFTER_FAILOVER {
        @Override
        public boolean concerns(Scenario scenario) {
            return scenario.losesWith(OnFailover.FENCE);
        }

        @Override
        public boolean fences() {
            return false;
        }

        @Override
        public InvalidationLog log(Site site, InvalidationLog real) {
            return NOTHING_SENT_AGAIN.log(site, real);
        }
    },

    /** Rule 11: a node does not notice that other servers answer. */
    SERVERS_NOT_WATCHED {
        @Override
        public boolean concerns(Scenario scenario) {
            return scenario.losesWith(OnFailover.FENCE) && scenario.oneServer();
        }

        @Override
        public RemoteStore store(Site site, RemoteStore real) {
            return Altered.of(RemoteStore.class, real, "epoch", call -> 0L);
        }
    },

    /** Rule 12: when the source fails, the last value known to the node is served. */
    STALE_WHATEVER_HAPPENED {
        @Override
        public AsyncLoader<String, Long> loader(World world, SimLoop.Life node, AsyncLoader<String, Long> real) {
            Map<Object, Long> last = world.notes(node);
            return (id, context) -> real.load(id, context).handle((value, failure) -> {
                if (failure == null) {
                    last.put(id, value);
                    return value;
                }
                Long stale = last.get(id);
                if (stale == null) {
                    throw new CompletionException(failure);
                }
                return stale;
            });
        }
    },

    /** Rule 12: a value past its TTL is served whatever covers it. */
    STALE_JUDGED_BY_AGE_ONLY {
        @Override
        public boolean concerns(Scenario scenario) {
            CachePolicy policy = scenario.policies().get(0);
            return !policy.stale().longest().isZero() && policy.expiry().ttl().toMillis() <= 2_000;
        }

        @Override
        public RemoteStore store(Site site, RemoteStore real) {
            return Altered.each(
                    RemoteStore.class,
                    real,
                    List.of("get", "acquire"),
                    call -> call.name().equals("get")
                            ? call.<byte[]>then(value -> bornLaterIfExpired(site, value))
                            : call.<Claim>then(
                                    claim -> new Claim(claim.acquired(), bornLaterIfExpired(site, claim.value()))));
        }
    };

    private static byte[] bornLaterIfExpired(Site site, byte[] bytes) {
        return bytes != null
                        && ByteBuffer.wrap(bytes).getLong(EXPIRY_OFFSET)
                                <= site.world().log().micros()
                ? bornLater(bytes)
                : bytes;
    }

    /** Where an envelope has its expiry. */
    private static final int EXPIRY_OFFSET = ValueHeader.BIRTH_END;

    private static byte[] bornLater(byte[] bytes) {
        if (bytes == null) {
            return null;
        }
        byte[] changed = bytes.clone();
        ByteBuffer buffer = ByteBuffer.wrap(changed);
        buffer.putLong(ValueHeader.BIRTH_OFFSET, buffer.getLong(ValueHeader.BIRTH_OFFSET) + 1_000_000_000L);
        CRC32C crc = new CRC32C();
        crc.update(changed, 0, changed.length - Integer.BYTES);
        buffer.putInt(changed.length - Integer.BYTES, (int) crc.getValue());
        return changed;
    }
}
