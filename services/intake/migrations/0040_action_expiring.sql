-- When the customer last did something with an order that they were asked to correct, or were first asked, and when they were
-- told that it is abandoned soon. Also of an order that goes back to that if a cancel or a change of date is refused.
ALTER TABLE port_order
    ADD COLUMN acted_at         timestamptz,
    ADD COLUMN action_warned_at timestamptz;
UPDATE port_order SET acted_at = coalesce(action_since, since)
 WHERE coalesce(cancel_from, change_from, state) = 'ACTION_REQUIRED' AND NOT is_parent;
ALTER TABLE port_order
    ADD CONSTRAINT port_order_acted_at
        CHECK ((coalesce(cancel_from, change_from, state) = 'ACTION_REQUIRED' AND NOT is_parent) = (acted_at IS NOT NULL)),
    ADD CONSTRAINT port_order_action_warned CHECK (action_warned_at IS NULL OR acted_at IS NOT NULL);
