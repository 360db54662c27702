-- What `place_order` writes for an order of API v3, of one item for a known patient, without reading
-- anything. :k counts within a client.
\set k :k + 1
\set n :base + :client_id * 10000000 + :k
BEGIN;
SELECT set_config('pghistory.context_metadata', '{"actor": "Bench", "door": "v3", "user": null, "client": null, "key": 1, "request": "260e9e52-ad64-4ebe-89db-6774502f3dd1"}', true);
INSERT INTO orders_order (address_lines, city, county, postcode, country, country_code, address_note, account_id, public_id, reference, organisation_id, patient_id, site_id, study_id, status, resume_to, door, placed_by, placed_by_user_id, placed_by_client_id, placed_by_key_id, placed_at, phone_needed, phone_asked_by_id, phone_asked_at, external_ids, shipping_option, email_label, sent_for_fulfilment_at, cancelled_at) VALUES ('{"1 Test Street"}', 'London', 'London', 'SW1A 1AA', '', 'GB', '', :account, uuidv7(), 'V' || :n, NULL, :patient, NULL, NULL, 'order_placed', '', 'v3', 'Bench', NULL, NULL, :key, now(), false, NULL, NULL, '{bench}', '', false, NULL, NULL) ON CONFLICT DO NOTHING RETURNING id AS placed \gset
INSERT INTO orders_orderline (account_id, order_id, item_id, kit_id, count) VALUES (:account, :placed, :item, NULL, 1) RETURNING id;
UPDATE inventory_stock SET reserved = reserved + 1 WHERE id = :stock_of_item;
INSERT INTO orders_reservation (account_id, order_id, stock_id, count) VALUES (:account, :placed, :stock_of_item, 1) RETURNING id;
INSERT INTO orders_orderevent (account_id, order_id, name, door, actor, actor_user_id, note_id, facts, request_id, happened_at) VALUES (:account, :placed, 'order_placed', 'v3', 'Bench', NULL, NULL, '{}', '260e9e52-ad64-4ebe-89db-6774502f3dd1', now()) RETURNING id;
INSERT INTO webhooks_webhookevent (account_id, message_id, channel, reference, sequence, kinds, is_of_a_study, facts, happened_at) VALUES (:account, uuidv7(), 'order', 'V' || :n, 1, '{order_placed}', false, '{"order": 1, "study": null}', now()) RETURNING id;
COMMIT;
