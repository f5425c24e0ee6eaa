-- Drafts that expire, our review before an order goes out, changes of date, and answers that are awaited.
ALTER TABLE port_order
    -- Of drafts alone: when somebody last did something with it, and whether its owner was told that it expires.
    ADD COLUMN draft_changed_at  timestamptz,
    ADD COLUMN draft_warned      boolean NOT NULL DEFAULT false,
    -- Why our review sent the draft back: what is to be done, and the field or ''.
    ADD COLUMN returned_messages text[]  NOT NULL DEFAULT '{}',
    ADD COLUMN returned_fields   text[]  NOT NULL DEFAULT '{}',
    -- Why a person looks at it before it goes out; null: no review is pending.
    ADD COLUMN review_causes     text[],
    -- Where a refused change of date goes back to; its data is in the columns of that state.
    ADD COLUMN change_from       text,
    ADD COLUMN change_ver        smallint,
    ADD COLUMN change_previous   date,
    -- By when a cancel or a change of date is answered; null in these states: it is overdue.
    ADD COLUMN answer_due_at     timestamptz,
    DROP CONSTRAINT port_order_foc,
    DROP CONSTRAINT port_order_due;

UPDATE port_order SET draft_changed_at = since, due_at = since + interval '28 days' WHERE state = 'DRAFT';

ALTER TABLE port_order
    ADD CONSTRAINT port_order_foc CHECK (
        (coalesce(cancel_from, change_from, state) = 'FOC_CONFIRMED' AND NOT is_parent) = (foc_received_at IS NOT NULL)
        AND (coalesce(cancel_from, change_from, state) IN ('FOC_CONFIRMED', 'ACTIVATING') AND NOT is_parent)
            = (foc_at IS NOT NULL)),
    ADD CONSTRAINT port_order_due CHECK (due_at IS NULL OR change_from IS NOT NULL
        OR state IN ('DRAFT', 'ACTION_REQUIRED', 'FOC_CONFIRMED', 'ACTIVATING', 'CANCEL_REQUESTED')),
    ADD CONSTRAINT port_order_draft CHECK ((state = 'DRAFT' AND NOT is_parent) = (draft_changed_at IS NOT NULL)
        AND (state = 'DRAFT' OR NOT draft_warned)),
    ADD CONSTRAINT port_order_returned CHECK (cardinality(returned_messages) = cardinality(returned_fields)
        AND (state = 'DRAFT' OR cardinality(returned_messages) = 0)),
    ADD CONSTRAINT port_order_review CHECK (review_causes IS NULL
        OR state = 'SUBMITTED' AND cardinality(review_causes) > 0),
    ADD CONSTRAINT port_order_change CHECK ((change_from IS NULL) = (change_ver IS NULL)
        AND (change_from IS NULL OR state = 'PENDING')
        AND (change_previous IS NULL OR change_from IS NOT NULL)
        AND change_from IN ('SUBMITTED', 'PENDING', 'ACTION_REQUIRED', 'FOC_CONFIRMED')),
    ADD CONSTRAINT port_order_answer_due CHECK (answer_due_at IS NULL OR change_from IS NOT NULL
        OR state = 'CANCEL_REQUESTED');

-- Pending reviews, longest waiting first: all, and those of an account.
CREATE INDEX port_order_reviews ON port_order (since, order_id) WHERE review_causes IS NOT NULL;
CREATE INDEX port_order_reviews_of_account ON port_order (account_id, since, order_id) WHERE review_causes IS NOT NULL;

-- Which orders of an account a person reviews, every version of it. The platform's own account stands for all accounts
-- that have none.
CREATE TABLE review_policy (
    account_id   uuid        NOT NULL,
    version      integer     NOT NULL,
    every_order  boolean     NOT NULL,
    numbers_over integer,
    first_order  boolean     NOT NULL,
    warnings     boolean     NOT NULL,
    put_by       text        NOT NULL,
    put_at       timestamptz NOT NULL,
    CONSTRAINT review_policy_pkey PRIMARY KEY (account_id, version),
    CONSTRAINT review_policy_version CHECK (version > 0),
    CONSTRAINT review_policy_numbers_over CHECK (numbers_over BETWEEN 0 AND 20000)
);
