-- Until when what was read of a feed counts as fresh: then it is read again, wherever the clock stands. Nobody who moves the
-- clock stops for it, as they do for next_poll_at and wanted_at. None: it was not read since there is this column.
ALTER TABLE poll ADD COLUMN fresh_until timestamptz;
