-- What bills and customer service records say of an account, sealed: name, address, account number, lines.
CREATE TABLE document_record (
    document_id uuid  NOT NULL,
    sealed      bytea NOT NULL,
    CONSTRAINT document_record_pkey PRIMARY KEY (document_id),
    CONSTRAINT document_record_document FOREIGN KEY (document_id) REFERENCES document,
    -- 20,000 lines and as many numbers beside features, and what the sealing adds.
    CONSTRAINT document_record_size CHECK (octet_length(sealed) BETWEEN 1 AND 4194304)
);
