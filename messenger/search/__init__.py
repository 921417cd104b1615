"""Search: messages, tasks, files and their text, people and chats, by one box.

The way in:

1. `indexer`, a consumer of the log, hears of an event
2. `entries` makes entries of its subject: keys of its words (`words`), marks of what filters ask
   for (`marks`)
3. `writing` gives numbers to the keys, and to those characters (`codes`); `store.rows.search` keeps
   a row for each entry

`rebuilding` does the same from the tables and the archive, `reading_files` adds the text of files.

The way out:

1. `query` reads what was typed, `filters` its `operators` (`days`)
2. `expanding` turns words into keys: forms, relatives, beginnings, slips (`variants`,
   `vocabulary`, the index's `dictionary`)
3. `candidates` asks the index for the newest, by one scan (`store.reads.search`), of as much time
   as `figures` expect them in, and what of them has the `patterns` of a phrase
4. `looking` reads them and `matching` decides; `paging` makes pages of them as `ranking` has it,
   `hits` and `snippets` cut out what is shown; `finding` holds it together

The index is a function of the present state: whatever is lost of it is made again.
"""
