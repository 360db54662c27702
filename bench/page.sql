-- The newest 50 orders of an account, as API v1 lists them: one statement.
SELECT id, public_id, reference, status, placed_at, sent_for_fulfilment_at, cancelled_at FROM orders_order WHERE account_id = :account AND study_id IS NOT NULL AND door <> 'referral' ORDER BY id DESC LIMIT 51;
