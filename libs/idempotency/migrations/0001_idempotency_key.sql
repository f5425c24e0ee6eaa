-- The proof that a change was made: inserted in the transaction that makes it, so only successes are kept.
CREATE TABLE idempotency_key (
    account_id   uuid        NOT NULL,
    subject      text        NOT NULL,
    key          text        NOT NULL,
    request_hmac bytea       NOT NULL,
    -- Null only inside the transaction that is still at work.
    reply        bytea,
    created_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT idempotency_key_pkey PRIMARY KEY (account_id, subject, key),
    CONSTRAINT idempotency_key_hmac_length CHECK (octet_length(request_hmac) = 32)
);
CREATE INDEX idempotency_key_created_at ON idempotency_key (created_at);
