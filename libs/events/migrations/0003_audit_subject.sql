-- The part of an account's trail that is about one subject.
CREATE INDEX audit_entry_of_subject ON audit_entry (account_id, subject_id, number);
