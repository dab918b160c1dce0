-- Who has access. SQL users see none of it: their role can read schema main only.

CREATE TABLE access_key (
    prefix                 text PRIMARY KEY,
    name                   text NOT NULL,
    role                   text NOT NULL CHECK (role IN ('reader', 'writer', 'admin')),
    datasets               text[] NOT NULL,
    requests_per_second    double precision,
    bytes_per_second       bigint,
    streams                integer,
    sql_seconds_per_minute double precision,
    salt                   bytea NOT NULL,
    hash                   bytea NOT NULL, -- SHA-256 of the salt and the secret, which has 256 bits of its own
    created_at             timestamptz NOT NULL,
    expires_at             timestamptz,
    revoked_at             timestamptz
);
CREATE UNIQUE INDEX access_key_name ON access_key (name) WHERE revoked_at IS NULL;

-- Goes up with each change of a key: servers look at it several times a second, and read the keys when it has changed.
CREATE TABLE access_version (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    version  bigint NOT NULL
);
INSERT INTO access_version (version) VALUES (1);

CREATE TABLE access_audit (
    no      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      timestamptz NOT NULL DEFAULT now(),
    actor   text NOT NULL,
    action  text NOT NULL,
    prefix  text NOT NULL,
    details jsonb NOT NULL
);

CREATE TABLE ticket_secret (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    secret     bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
