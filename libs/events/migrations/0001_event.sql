-- The event log: what this service announces.
-- `seq` is drawn at the insert, after the lock on the row the event is about, so events of one subject commit in seq
-- order. `position` is given to committed events alone, by one sequencer per partition: without gaps, in seq order.
CREATE TABLE event (
    seq          bigint      GENERATED ALWAYS AS IDENTITY,
    event_id     uuid        NOT NULL,
    partition    smallint    NOT NULL,
    position     bigint,
    subject_id   uuid        NOT NULL,
    account_id   uuid        NOT NULL,
    type         text        NOT NULL,
    occurred_at  timestamptz NOT NULL,
    -- When it got its position: rises with the positions, so a reader that asks by time misses no late commit.
    recorded_at  timestamptz,
    traceparent  text,
    payload      bytea       NOT NULL,
    CONSTRAINT event_pkey PRIMARY KEY (seq),
    CONSTRAINT event_partition_range CHECK (partition BETWEEN 0 AND 15),
    CONSTRAINT event_position_positive CHECK (position > 0),
    CONSTRAINT event_recorded_with_position CHECK ((position IS NULL) = (recorded_at IS NULL))
);
CREATE UNIQUE INDEX event_position ON event (partition, position) WHERE position IS NOT NULL;
-- What the sequencer has still to number: nearly always empty.
CREATE INDEX event_unsequenced ON event (seq) WHERE position IS NULL;
CREATE INDEX event_recorded_at ON event (partition, recorded_at, position) WHERE position IS NOT NULL;

CREATE TABLE event_partition (
    partition       smallint NOT NULL,
    last_position   bigint   NOT NULL DEFAULT 0,
    -- The first position that is still kept is one more than this.
    purged_position bigint   NOT NULL DEFAULT 0,
    CONSTRAINT event_partition_pkey PRIMARY KEY (partition),
    CONSTRAINT event_partition_order CHECK (purged_position BETWEEN 0 AND last_position)
);
INSERT INTO event_partition (partition) SELECT generate_series(0, 15);

-- How far each named reader of this log has come.
CREATE TABLE event_reader (
    account_id   uuid        NOT NULL,
    reader       text        NOT NULL,
    partition    smallint    NOT NULL,
    position     bigint      NOT NULL,
    confirmed_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT event_reader_pkey PRIMARY KEY (account_id, reader, partition)
);

-- How far this service has come in the logs it listens to. Moved in the transaction that acts.
CREATE TABLE event_cursor (
    source    text     NOT NULL,
    partition smallint NOT NULL,
    position  bigint   NOT NULL DEFAULT 0,
    CONSTRAINT event_cursor_pkey PRIMARY KEY (source, partition)
);

-- Events that this service could not act on, and all later ones of the same subject.
CREATE TABLE event_parked (
    source     text        NOT NULL,
    partition  smallint    NOT NULL,
    position   bigint      NOT NULL,
    subject_id uuid        NOT NULL,
    envelope   bytea       NOT NULL,
    error      text        NOT NULL,
    parked_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT event_parked_pkey PRIMARY KEY (source, partition, position)
);
CREATE INDEX event_parked_subject ON event_parked (source, subject_id, position);
