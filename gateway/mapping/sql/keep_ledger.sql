-- reads: mapped_quarantine, mapped_superseded; writes: quarantine_rows, superseded_rows; why: only a balanced roll joins the night's ledger.
INSERT INTO quarantine_rows SELECT * FROM mapped_quarantine;
INSERT INTO superseded_rows SELECT * FROM mapped_superseded;
