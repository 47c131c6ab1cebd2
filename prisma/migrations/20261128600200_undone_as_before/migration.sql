-- Who takes back an unsubscription gets what they got before it, so the no keeps what it took the place of.
alter table preferences add column before text;
