-- Numbers of disputes that operations put on record as being back, without the answer of a carrier.
CREATE TABLE dispute_return (
    dispute_id  uuid        NOT NULL,
    seq         bigint      GENERATED ALWAYS AS IDENTITY,
    tns         text[]      NOT NULL,
    explanation text        NOT NULL,
    recorded_by text        NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT dispute_return_pkey PRIMARY KEY (dispute_id, seq),
    CONSTRAINT dispute_return_dispute FOREIGN KEY (dispute_id) REFERENCES dispute,
    CONSTRAINT dispute_return_tns CHECK (cardinality(tns) > 0),
    CONSTRAINT dispute_return_explanation CHECK (char_length(explanation) BETWEEN 1 AND 1000)
);

-- A wish that is over because its numbers were put on record as being back, and what the carrier said to it since.
ALTER TABLE dispute_snapback
    ADD COLUMN is_ended_by_record boolean NOT NULL DEFAULT false,
    ADD COLUMN late_answer        text,
    ADD COLUMN late_answer_at     timestamptz,
    ADD CONSTRAINT dispute_snapback_late_answer CHECK (
        (late_answer IS NULL) = (late_answer_at IS NULL)
        AND (late_answer IS NULL OR late_answer IN ('CONFIRMED', 'REFUSED') AND is_ended_by_record));
