-- Who caused an event: a subject, `service:…`, or `system`.
ALTER TABLE event ADD COLUMN actor text NOT NULL DEFAULT 'system';

-- The audit trail: every event of an account, for good, chained by hashes. Written behind the sequencer, in position
-- order; no business transaction touches these tables.
CREATE TABLE audit_entry (
    account_id  uuid        NOT NULL,
    number      bigint      NOT NULL,
    event_id    uuid        NOT NULL,
    subject_id  uuid        NOT NULL,
    type        text        NOT NULL,
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    actor       text        NOT NULL,
    payload     bytea       NOT NULL,
    hash        bytea       NOT NULL,
    CONSTRAINT audit_entry_pkey PRIMARY KEY (account_id, number),
    CONSTRAINT audit_entry_number CHECK (number > 0),
    CONSTRAINT audit_entry_hash CHECK (octet_length(hash) = 32)
);

-- Where each account's chain ends.
CREATE TABLE audit_head (
    account_id uuid   NOT NULL,
    number     bigint NOT NULL,
    hash       bytea  NOT NULL,
    CONSTRAINT audit_head_pkey PRIMARY KEY (account_id)
);

-- How far the trail has come in the log. Events that were dropped before there was a trail are not in it.
CREATE TABLE audit_partition (
    partition smallint NOT NULL,
    position  bigint   NOT NULL,
    CONSTRAINT audit_partition_pkey PRIMARY KEY (partition)
);
INSERT INTO audit_partition (partition, position) SELECT partition, purged_position FROM event_partition;
