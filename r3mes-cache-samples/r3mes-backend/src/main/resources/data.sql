-- The same rows on every machine; a second run changes nothing.

-- wallet1 to wallet500.
insert into users (wallet, name, email, credits, member_since)
select 'wallet' || n,
       'User ' || n,
       'user' || n || '@r3mes.example',
       1000 + (n * 37) % 500,
       timestamptz '2025-01-01 00:00:00Z' + n * interval '6 hours'
from generate_series(1, 500) n
on conflict do nothing;

-- Every third wallet mines: wallet3, wallet6, .. wallet123 .. wallet498.
insert into miners (wallet, hashrate, accepted_shares, blocks_mined, registered_at)
select 'wallet' || n,
       50000000 + (n * 7919) % 1000000,
       n * 11,
       0,
       timestamptz '2025-02-01 00:00:00Z' + n * interval '1 hour'
from generate_series(3, 498, 3) n
on conflict do nothing;

insert into miner_earnings (wallet, amount, reason, earned_at)
select 'wallet' || n, 100 + (n * day) % 50, 'shares', timestamptz '2025-03-01 00:00:00Z' + day * interval '1 day'
from generate_series(3, 498, 3) n, generate_series(1, 10) day
where not exists (select 1 from miner_earnings)
order by day, n;

insert into miner_hashrate (wallet, hashrate, reported_at)
select 'wallet' || n,
       50000000 + (n * 7919 + hour * 104729) % 1000000,
       timestamptz '2025-03-10 00:00:00Z' + hour * interval '1 hour'
from generate_series(3, 498, 3) n, generate_series(1, 24) hour
where not exists (select 1 from miner_hashrate)
order by hour, n;

insert into blocks (height, hash, previous_hash, miner, transactions, mined_at)
select height,
       encode(sha256(convert_to('r3mes-block-' || height, 'UTF8')), 'hex'),
       encode(sha256(convert_to('r3mes-block-' || (height - 1), 'UTF8')), 'hex'),
       'wallet' || 3 * (1 + height % 166),
       3,
       timestamptz '2025-03-11 00:00:00Z' + height * interval '5 seconds'
from generate_series(1, 200) height
on conflict do nothing;

insert into transactions (sender, recipient, amount, height, created_at)
select 'wallet' || 1 + (height * 13 + n) % 500,
       'wallet' || 1 + (height * 29 + n * 7) % 500,
       1 + (height * n) % 90,
       height,
       timestamptz '2025-03-11 00:00:00Z' + height * interval '5 seconds'
from generate_series(1, 200) height, generate_series(1, 3) n
where not exists (select 1 from transactions)
order by height, n;

-- r3mes-demo-key-1 to r3mes-demo-key-20, each of the wallet of that number.
insert into api_keys (hash, wallet, name, created_at)
select encode(sha256(convert_to('r3mes-demo-key-' || n, 'UTF8')), 'hex'),
       'wallet' || n,
       'Demo key ' || n,
       timestamptz '2025-03-01 00:00:00Z'
from generate_series(1, 20) n
on conflict do nothing;
