-- A page of 50 orders of a patient and how many there are, with patient and lines: two statements.
SELECT count(*) FROM orders_order WHERE account_id = :account AND patient_id = :patient;
SELECT placed.id, placed.status, placed.external_ids, patient.id, patient.full_name, array(SELECT ROW(line.count, line.item_id, line.kit_id) FROM orders_orderline AS line WHERE line.order_id = placed.id) FROM orders_order AS placed JOIN patients_patient AS patient ON patient.id = placed.patient_id WHERE placed.account_id = :account AND placed.patient_id = :patient ORDER BY placed.id LIMIT 50;
