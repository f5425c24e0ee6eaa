-- What a comment on a port-out asks somebody to do, and that it is done, as on orders.
ALTER TABLE port_out_comment
    ADD COLUMN action_by               text,
    ADD COLUMN done_by                 timestamptz,
    ADD COLUMN resolved_at             timestamptz,
    ADD COLUMN resolved_by             text,
    ADD COLUMN is_resolved_by_platform boolean,
    ADD CONSTRAINT port_out_comment_action_by
        CHECK (action_by IN ('CUSTOMER', 'US', 'GAINING_CARRIER', 'LOSING_CARRIER', 'END_USER')),
    ADD CONSTRAINT port_out_comment_done_by CHECK (done_by IS NULL OR action_by IS NOT NULL),
    ADD CONSTRAINT port_out_comment_resolution CHECK (
        num_nulls(resolved_at, resolved_by, is_resolved_by_platform) IN (0, 3)
        AND (resolved_at IS NULL OR action_by IS NOT NULL));
CREATE INDEX port_out_comment_open ON port_out_comment (port_out_id, created_at, comment_id)
    WHERE action_by IS NOT NULL AND resolved_at IS NULL;
