CREATE TABLE appointment (
	id BLOB NOT NULL,
	day TEXT NOT NULL,
	code TEXT NOT NULL,
	service TEXT NOT NULL,
	at INTEGER NOT NULL,
	state TEXT NOT NULL,
	ticket BLOB,
	PRIMARY KEY (id)
)
 STRICT

CREATE UNIQUE INDEX appointment_code ON appointment (day, code)

CREATE TABLE branch (
	id BLOB NOT NULL,
	code TEXT NOT NULL,
	name TEXT NOT NULL,
	time_zone TEXT NOT NULL,
	language TEXT NOT NULL,
	environment TEXT NOT NULL,
	profile TEXT NOT NULL,
	standalone INTEGER NOT NULL,
	PRIMARY KEY (id)
)
 STRICT

CREATE TABLE business_day (
	day TEXT NOT NULL,
	state TEXT NOT NULL,
	open_minute INTEGER NOT NULL,
	close_minute INTEGER NOT NULL,
	opened_at INTEGER NOT NULL,
	opened_by TEXT NOT NULL,
	closed_at INTEGER,
	closed_by TEXT,
	PRIMARY KEY (day)
)
 STRICT

CREATE TABLE class_key (
	id TEXT NOT NULL,
	class_name TEXT NOT NULL,
	version INTEGER NOT NULL,
	public BLOB NOT NULL,
	state TEXT NOT NULL,
	PRIMARY KEY (id)
)
 STRICT

CREATE TABLE command (
	id BLOB NOT NULL,
	seq INTEGER NOT NULL,
	caller TEXT NOT NULL,
	method TEXT NOT NULL,
	mac BLOB NOT NULL,
	result BLOB NOT NULL,
	at INTEGER NOT NULL,
	PRIMARY KEY (id)
)
 STRICT

CREATE TABLE counter (
	code TEXT NOT NULL,
	services TEXT NOT NULL,
	state TEXT NOT NULL,
	reason TEXT,
	person TEXT,
	continuous INTEGER NOT NULL,
	ticket BLOB,
	PRIMARY KEY (code)
)
 STRICT

CREATE TABLE day_signature (
	id BLOB NOT NULL,
	day TEXT NOT NULL,
	signed_at INTEGER NOT NULL,
	incarnation INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	head BLOB NOT NULL,
	maker TEXT NOT NULL,
	second TEXT NOT NULL,
	statement BLOB NOT NULL,
	maker_signature BLOB NOT NULL,
	decision BLOB NOT NULL,
	second_signature BLOB NOT NULL,
	PRIMARY KEY (id)
)
 STRICT

CREATE INDEX day_signature_day ON day_signature (day)

CREATE TABLE dek (
	id BLOB NOT NULL,
	subject BLOB NOT NULL,
	class_name TEXT NOT NULL,
	n INTEGER NOT NULL,
	version INTEGER NOT NULL,
	kind TEXT NOT NULL,
	wrap BLOB NOT NULL,
	PRIMARY KEY (id)
)
 WITHOUT ROWID,
 STRICT

CREATE INDEX dek_subject ON dek (subject, class_name)

CREATE TABLE device (
	id TEXT NOT NULL,
	public BLOB NOT NULL,
	sealed BLOB NOT NULL,
	since TEXT NOT NULL,
	PRIMARY KEY (id)
)
 STRICT

CREATE TABLE draft (
	id BLOB NOT NULL,
	person BLOB NOT NULL,
	screen TEXT NOT NULL,
	about TEXT,
	saved_at INTEGER NOT NULL,
	until INTEGER NOT NULL,
	content BLOB,
	PRIMARY KEY (id),
	CONSTRAINT sealed_content CHECK (content IS NULL OR (length(content) >= 38 AND substr(content, 1, 1) = x'01'))
)
 STRICT

CREATE INDEX draft_person ON draft (person, saved_at)

CREATE TABLE escrow (
	id TEXT NOT NULL,
	sealed BLOB NOT NULL,
	PRIMARY KEY (id)
)
 STRICT

CREATE TABLE feed (
	id TEXT NOT NULL,
	name TEXT NOT NULL,
	version INTEGER NOT NULL,
	effective TEXT NOT NULL,
	expires TEXT,
	widens INTEGER NOT NULL,
	state TEXT NOT NULL,
	signed BLOB NOT NULL,
	PRIMARY KEY (id)
)
 STRICT

CREATE TABLE feed_head (
	name TEXT NOT NULL,
	version INTEGER NOT NULL,
	code TEXT,
	tried_at INTEGER,
	PRIMARY KEY (name)
)
 STRICT

CREATE TABLE head_office (
	id TEXT NOT NULL,
	url TEXT NOT NULL,
	state TEXT NOT NULL,
	attempt INTEGER NOT NULL,
	root BLOB,
	enrolled_at INTEGER,
	PRIMARY KEY (id)
)
 STRICT

CREATE TABLE help_call (
	id BLOB NOT NULL,
	place TEXT NOT NULL,
	counter TEXT,
	terminal TEXT NOT NULL,
	at INTEGER NOT NULL,
	answered_at INTEGER,
	answered_by TEXT,
	PRIMARY KEY (id)
)
 STRICT

CREATE INDEX help_call_open ON help_call (at) WHERE answered_at IS NULL

CREATE TABLE holding (
	id BLOB NOT NULL,
	person BLOB NOT NULL,
	class_name TEXT NOT NULL,
	version INTEGER NOT NULL,
	sealed BLOB NOT NULL,
	PRIMARY KEY (id)
)
 STRICT

CREATE UNIQUE INDEX holding_person ON holding (person, class_name, version)

CREATE TABLE hours (
	"when" TEXT NOT NULL,
	open_minute INTEGER,
	close_minute INTEGER,
	PRIMARY KEY ("when")
)
 STRICT

CREATE TABLE journal (
	incarnation INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	plain BLOB NOT NULL,
	hash BLOB NOT NULL,
	mac BLOB NOT NULL,
	day TEXT NOT NULL,
	event TEXT NOT NULL,
	PRIMARY KEY (incarnation, seq)
)
 WITHOUT ROWID,
 STRICT

CREATE INDEX journal_day ON journal (day, incarnation, seq)

CREATE INDEX journal_grants ON journal (incarnation, seq) WHERE event IN ('store.founded', 'staff.granted', 'staff.revoked')

CREATE TABLE journal_sealed (
	incarnation INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	sealed BLOB NOT NULL,
	PRIMARY KEY (incarnation, seq)
)
 STRICT

CREATE TABLE opening_check (
	id BLOB NOT NULL,
	day TEXT NOT NULL,
	item TEXT NOT NULL,
	person TEXT NOT NULL,
	at INTEGER NOT NULL,
	PRIMARY KEY (id)
)
 STRICT

CREATE UNIQUE INDEX opening_check_day ON opening_check (day, item)

CREATE TABLE paper (
	code TEXT NOT NULL,
	name_zh_hant TEXT NOT NULL,
	name_zh_hans TEXT NOT NULL,
	name_en TEXT NOT NULL,
	PRIMARY KEY (code)
)
 STRICT

CREATE TABLE person (
	id BLOB NOT NULL,
	code TEXT NOT NULL,
	roles TEXT NOT NULL,
	state TEXT NOT NULL,
	generation INTEGER NOT NULL,
	x25519 BLOB NOT NULL,
	ed25519 BLOB NOT NULL,
	name BLOB,
	PRIMARY KEY (id),
	CONSTRAINT sealed_name CHECK (name IS NULL OR (length(name) >= 38 AND substr(name, 1, 1) = x'01'))
)
 STRICT

CREATE UNIQUE INDEX person_code ON person (code)

CREATE TABLE print_job (
	id BLOB NOT NULL,
	day TEXT NOT NULL,
	ticket BLOB NOT NULL,
	kind TEXT NOT NULL,
	copy_of INTEGER NOT NULL,
	queued_at INTEGER NOT NULL,
	sent INTEGER NOT NULL,
	ahead INTEGER NOT NULL,
	wait_lo_min INTEGER NOT NULL,
	wait_hi_min INTEGER NOT NULL,
	PRIMARY KEY (id)
)
 STRICT

CREATE TABLE printer (
	code TEXT NOT NULL,
	state TEXT NOT NULL,
	why TEXT,
	since INTEGER NOT NULL,
	PRIMARY KEY (code)
)
 STRICT

CREATE TABLE safe_mark (
	incarnation INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	acked INTEGER NOT NULL,
	PRIMARY KEY (incarnation)
)
 STRICT

CREATE TABLE service (
	code TEXT NOT NULL,
	position INTEGER NOT NULL,
	prefix TEXT NOT NULL,
	name_zh_hant TEXT NOT NULL,
	name_zh_hans TEXT NOT NULL,
	name_en TEXT NOT NULL,
	minutes INTEGER NOT NULL,
	papers TEXT NOT NULL,
	last_minute INTEGER,
	enabled INTEGER NOT NULL,
	suspended_reason TEXT,
	suspended_until INTEGER,
	PRIMARY KEY (code)
)
 STRICT

CREATE TABLE slot (
	person BLOB NOT NULL,
	generation INTEGER NOT NULL,
	salt BLOB NOT NULL,
	memory_kib INTEGER NOT NULL,
	passes INTEGER NOT NULL,
	lanes INTEGER NOT NULL,
	sealed BLOB NOT NULL,
	PRIMARY KEY (person)
)
 STRICT

CREATE TABLE sync_batch (
	first INTEGER NOT NULL,
	last INTEGER NOT NULL,
	size INTEGER NOT NULL,
	at INTEGER NOT NULL,
	PRIMARY KEY (first)
)
 STRICT

CREATE TABLE sync_mark (
	id TEXT NOT NULL,
	state BLOB NOT NULL,
	pack BLOB,
	renew INTEGER NOT NULL,
	code BLOB,
	receipt BLOB,
	PRIMARY KEY (id)
)
 STRICT

CREATE TABLE sync_rejection (
	place INTEGER NOT NULL,
	incarnation INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	event TEXT NOT NULL,
	code TEXT NOT NULL,
	PRIMARY KEY (place)
)
 STRICT

CREATE TABLE terminal (
	code TEXT NOT NULL,
	kind TEXT NOT NULL,
	uids TEXT NOT NULL,
	counter TEXT,
	state TEXT NOT NULL,
	PRIMARY KEY (code)
)
 STRICT

CREATE TABLE ticket (
	id BLOB NOT NULL,
	day TEXT NOT NULL,
	place INTEGER NOT NULL,
	prefix TEXT NOT NULL,
	ordinal INTEGER NOT NULL,
	number TEXT NOT NULL,
	service TEXT NOT NULL,
	care TEXT NOT NULL,
	language TEXT NOT NULL,
	source TEXT NOT NULL,
	state TEXT NOT NULL,
	arrived_at INTEGER NOT NULL,
	ranked_at INTEGER NOT NULL,
	rank INTEGER NOT NULL,
	overtaken INTEGER NOT NULL,
	returned_at INTEGER,
	papers TEXT,
	prechecked_by TEXT,
	counter TEXT,
	person TEXT,
	calls INTEGER NOT NULL,
	first_called_at INTEGER,
	called_at INTEGER,
	started_at INTEGER,
	hold_since INTEGER,
	hold_reason TEXT,
	held_ms INTEGER NOT NULL,
	missed_at INTEGER,
	reactivated INTEGER NOT NULL,
	ended_at INTEGER,
	result TEXT,
	rating INTEGER,
	phone INTEGER NOT NULL,
	PRIMARY KEY (id)
)
 STRICT

CREATE UNIQUE INDEX ticket_in_hand ON ticket (counter) WHERE state IN ('called', 'serving')

CREATE INDEX ticket_joined ON ticket (day, service, ranked_at, place) WHERE state = 'waiting'

CREATE UNIQUE INDEX ticket_number ON ticket (day, prefix, ordinal)

CREATE INDEX ticket_open ON ticket (day, place) WHERE state IN ('waiting', 'called', 'serving', 'on_hold')

CREATE UNIQUE INDEX ticket_place ON ticket (day, place)

CREATE INDEX ticket_queue ON ticket (day, service, rank, ranked_at, place) WHERE state = 'waiting'

CREATE INDEX ticket_served ON ticket (day, counter, ended_at) WHERE state = 'served'

CREATE TABLE ticket_phone (
	ticket BLOB NOT NULL,
	day TEXT NOT NULL,
	phone BLOB,
	shown_to TEXT,
	shown_at INTEGER,
	PRIMARY KEY (ticket),
	CONSTRAINT sealed_phone CHECK (phone IS NULL OR (length(phone) >= 38 AND substr(phone, 1, 1) = x'01'))
)
 STRICT

CREATE TABLE visit_service (
	id BLOB NOT NULL,
	ticket BLOB NOT NULL,
	day TEXT NOT NULL,
	service TEXT NOT NULL,
	counter TEXT NOT NULL,
	person TEXT NOT NULL,
	started_at INTEGER NOT NULL,
	held_ms INTEGER NOT NULL,
	ended_at INTEGER,
	service_ms INTEGER,
	result TEXT,
	PRIMARY KEY (id)
)
 STRICT

CREATE INDEX visit_service_day ON visit_service (day, service, service_ms)

CREATE INDEX visit_service_ticket ON visit_service (ticket)

CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is never changed'); END

CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is never changed'); END

CREATE TRIGGER journal_sealed_no_update BEFORE UPDATE ON journal_sealed BEGIN SELECT RAISE(ABORT, 'the journal is never changed'); END

CREATE TRIGGER journal_sealed_no_delete BEFORE DELETE ON journal_sealed WHEN NOT EXISTS (SELECT 1 FROM safe_mark WHERE safe_mark.incarnation = OLD.incarnation AND OLD.seq <= safe_mark.seq) BEGIN SELECT RAISE(ABORT, 'head office does not hold this entry yet'); END
