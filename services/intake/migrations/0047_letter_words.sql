-- A digest of what a letter says of its order, so that one that the order has left behind is signed no more.
ALTER TABLE letter ADD COLUMN words_sha256 bytea;
