-- Since when the customer has to act, of an order that goes back to that if a cancel or a change of date is refused.
ALTER TABLE port_order ADD COLUMN action_since timestamptz;
UPDATE port_order SET action_since = since WHERE coalesce(cancel_from, change_from) = 'ACTION_REQUIRED';
ALTER TABLE port_order ADD CONSTRAINT port_order_action_since
    CHECK ((coalesce(cancel_from, change_from, '') = 'ACTION_REQUIRED') = (action_since IS NOT NULL));
