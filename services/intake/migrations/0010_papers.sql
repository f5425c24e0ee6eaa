-- Links: what opens a page to somebody without an account. The token itself is nowhere; whoever has it can be told from
-- its digest alone.
CREATE TABLE link (
    link_id      uuid        NOT NULL,
    token_digest bytea       NOT NULL,
    kind         text        NOT NULL,
    -- What it opens: a signing, an order.
    subject_id   uuid        NOT NULL,
    account_id   uuid        NOT NULL,
    made_at      timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    used_at      timestamptz,
    revoked_at   timestamptz,
    CONSTRAINT link_pkey PRIMARY KEY (link_id),
    CONSTRAINT link_token UNIQUE (token_digest),
    CONSTRAINT link_token_digest CHECK (octet_length(token_digest) = 32),
    CONSTRAINT link_kind CHECK (kind ~ '^[A-Z_]{1,40}$'),
    CONSTRAINT link_span CHECK (expires_at > made_at),
    CONSTRAINT link_end CHECK (used_at IS NULL OR revoked_at IS NULL)
);
CREATE INDEX link_of_subject ON link (subject_id, kind, link_id);

-- Letters of authorization made to be signed. The PDF is in the document store, under its hash.
CREATE TABLE letter (
    letter_id  uuid        NOT NULL,
    order_id   uuid        NOT NULL,
    btn        text,
    tns        text[]      NOT NULL,
    page_count integer     NOT NULL,
    size_bytes bigint      NOT NULL,
    sha256     bytea       NOT NULL,
    made_at    timestamptz NOT NULL,
    CONSTRAINT letter_pkey PRIMARY KEY (letter_id),
    CONSTRAINT letter_order FOREIGN KEY (order_id) REFERENCES port_order,
    CONSTRAINT letter_tns CHECK (cardinality(tns) BETWEEN 1 AND 20000),
    CONSTRAINT letter_page_count CHECK (page_count >= 1),
    CONSTRAINT letter_size CHECK (size_bytes BETWEEN 1 AND 10485760),
    CONSTRAINT letter_sha256 CHECK (octet_length(sha256) = 32)
);
CREATE INDEX letter_of_order ON letter (order_id, letter_id);

-- Letters given to somebody to sign, and what is known of each signature.
CREATE TABLE signing (
    signing_id     uuid        NOT NULL,
    letter_id      uuid        NOT NULL,
    order_id       uuid        NOT NULL,
    account_id     uuid        NOT NULL,
    signer_name    text        NOT NULL,
    signer_email   text        NOT NULL,
    requested_at   timestamptz NOT NULL,
    expires_at     timestamptz NOT NULL,
    -- The link's token, for the mail to the signer: sealed, and only while the letter can be signed.
    token_sealed   bytea,
    revoked_at     timestamptz,
    signed_as      text,
    signed_at      timestamptz,
    machine_time   timestamptz,
    remote_address text,
    user_agent     text,
    document_id    uuid,
    CONSTRAINT signing_pkey PRIMARY KEY (signing_id),
    CONSTRAINT signing_letter FOREIGN KEY (letter_id) REFERENCES letter,
    CONSTRAINT signing_document FOREIGN KEY (document_id) REFERENCES document,
    CONSTRAINT signing_signature CHECK (
        num_nulls(signed_as, signed_at, machine_time, remote_address, user_agent, document_id) IN (0, 6)),
    CONSTRAINT signing_end CHECK (signed_at IS NULL OR revoked_at IS NULL),
    CONSTRAINT signing_token CHECK ((token_sealed IS NULL) = (signed_at IS NOT NULL OR revoked_at IS NOT NULL))
);
CREATE INDEX signing_of_order ON signing (order_id, requested_at DESC, signing_id DESC);

-- How an account's letters look.
CREATE TABLE letter_brand (
    account_id    uuid NOT NULL,
    name          text NOT NULL,
    logo_png      bytea,
    accent_colour text,
    contact_line  text NOT NULL,
    CONSTRAINT letter_brand_pkey PRIMARY KEY (account_id),
    CONSTRAINT letter_brand_logo CHECK (octet_length(logo_png) <= 262144),
    CONSTRAINT letter_brand_accent CHECK (accent_colour ~ '^#[0-9a-f]{6}$')
);

-- Which documents an account's orders must have: every version that there was.
CREATE TABLE document_policy (
    account_id       uuid        NOT NULL,
    version          integer     NOT NULL,
    geographic_loa   boolean     NOT NULL,
    geographic_proof text        NOT NULL,
    toll_free_proof  text        NOT NULL,
    set_by           text        NOT NULL,
    set_at           timestamptz NOT NULL,
    CONSTRAINT document_policy_pkey PRIMARY KEY (account_id, version),
    CONSTRAINT document_policy_version CHECK (version >= 1),
    CONSTRAINT document_policy_proof CHECK (
        geographic_proof IN ('NONE', 'BILL_OR_CSR', 'BILL', 'CSR', 'BILL_AND_CSR')
        AND toll_free_proof IN ('NONE', 'BILL_OR_CSR', 'BILL', 'CSR', 'BILL_AND_CSR'))
);
