-- What people write on port-outs, and the documents that they put beside them. Contents are in the document store.
CREATE TABLE port_out_comment (
    comment_id     uuid        NOT NULL,
    port_out_id    uuid        NOT NULL,
    visibility     text        NOT NULL,
    text           text        NOT NULL,
    author         text        NOT NULL,
    is_by_platform boolean     NOT NULL,
    created_at     timestamptz NOT NULL,
    CONSTRAINT port_out_comment_pkey PRIMARY KEY (comment_id),
    CONSTRAINT port_out_comment_port_out FOREIGN KEY (port_out_id) REFERENCES port_out,
    CONSTRAINT port_out_comment_visibility
        CHECK (visibility = 'SHARED' OR visibility = 'PRIVATE' AND is_by_platform),
    CONSTRAINT port_out_comment_text CHECK (char_length(text) BETWEEN 1 AND 4000)
);
CREATE INDEX port_out_comment_thread ON port_out_comment (port_out_id, created_at, comment_id);

CREATE TABLE port_out_document (
    document_id    uuid        NOT NULL,
    port_out_id    uuid        NOT NULL,
    file_name      text        NOT NULL,
    size_bytes     bigint      NOT NULL,
    sha256         bytea       NOT NULL,
    uploaded_by    text        NOT NULL,
    is_by_platform boolean     NOT NULL,
    uploaded_at    timestamptz NOT NULL,
    CONSTRAINT port_out_document_pkey PRIMARY KEY (document_id),
    CONSTRAINT port_out_document_port_out FOREIGN KEY (port_out_id) REFERENCES port_out,
    CONSTRAINT port_out_document_size CHECK (size_bytes BETWEEN 1 AND 10485760),
    CONSTRAINT port_out_document_sha256 CHECK (octet_length(sha256) = 32)
);
CREATE INDEX port_out_document_of_port_out ON port_out_document (port_out_id, uploaded_at, document_id);
