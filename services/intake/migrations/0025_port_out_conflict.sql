-- Since when our answer stands where it does with the winning carrier, and why it refused it.
ALTER TABLE port_out
    ADD COLUMN answer_changed_at timestamptz,
    ADD COLUMN answer_refusal text NOT NULL DEFAULT '';
UPDATE port_out SET answer_changed_at = coalesce(decided_at, policy_due_at) WHERE answer_state IS NOT NULL;
ALTER TABLE port_out
    ADD CONSTRAINT port_out_answer CHECK (
        (answer_state IS NULL) = (answer_changed_at IS NULL)
        AND (answer_refusal = '' OR answer_state IS NOT DISTINCT FROM 'REFUSED'));

-- Conflicts over numbers that were locked after the winning carrier had been told that they may go.
CREATE TABLE port_out_conflict (
    conflict_id uuid        NOT NULL,
    port_out_id uuid        NOT NULL,
    tns         text[]      NOT NULL,
    raised_at   timestamptz NOT NULL,
    state       text        NOT NULL,
    settled_at  timestamptz,
    refusal     text        NOT NULL DEFAULT '',
    CONSTRAINT port_out_conflict_pkey PRIMARY KEY (conflict_id),
    CONSTRAINT port_out_conflict_port_out FOREIGN KEY (port_out_id) REFERENCES port_out,
    CONSTRAINT port_out_conflict_tns CHECK (cardinality(tns) > 0),
    CONSTRAINT port_out_conflict_state CHECK (state IN ('REQUESTED', 'SENT', 'ACCEPTED', 'REFUSED')),
    CONSTRAINT port_out_conflict_settled CHECK ((settled_at IS NOT NULL) = (state IN ('ACCEPTED', 'REFUSED'))),
    CONSTRAINT port_out_conflict_refusal CHECK (refusal = '' OR state = 'REFUSED')
);
CREATE INDEX port_out_conflict_of_case ON port_out_conflict (port_out_id);
