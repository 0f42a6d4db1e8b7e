create table if not exists users (
    wallet       varchar(64) primary key,
    name         varchar(100) not null,
    email        varchar(200) not null,
    credits      bigint not null check (credits >= 0),
    member_since timestamptz not null,
    last_seen    timestamptz
);

create table if not exists miners (
    wallet          varchar(64) primary key references users (wallet),
    hashrate        bigint not null,
    accepted_shares bigint not null,
    blocks_mined    bigint not null,
    registered_at   timestamptz not null
);

create table if not exists miner_earnings (
    id        bigint generated always as identity primary key,
    wallet    varchar(64) not null references miners (wallet),
    amount    bigint not null,
    reason    varchar(20) not null,
    earned_at timestamptz not null
);

create index if not exists miner_earnings_by_wallet on miner_earnings (wallet, id desc);

create table if not exists miner_hashrate (
    id          bigint generated always as identity primary key,
    wallet      varchar(64) not null references miners (wallet),
    hashrate    bigint not null,
    reported_at timestamptz not null
);

create index if not exists miner_hashrate_by_wallet on miner_hashrate (wallet, id desc);

create table if not exists blocks (
    height        bigint primary key,
    hash          char(64) not null,
    previous_hash char(64) not null,
    miner         varchar(64) not null references miners (wallet),
    transactions  int not null,
    mined_at      timestamptz not null
);

create table if not exists transactions (
    id         bigint generated always as identity primary key,
    sender     varchar(64) not null references users (wallet),
    recipient  varchar(64) not null references users (wallet),
    amount     bigint not null check (amount > 0),
    height     bigint references blocks (height),
    created_at timestamptz not null
);

create index if not exists transactions_by_height on transactions (height);

create table if not exists api_keys (
    hash       char(64) primary key,
    wallet     varchar(64) not null references users (wallet),
    name       varchar(100) not null,
    created_at timestamptz not null,
    revoked_at timestamptz
);
