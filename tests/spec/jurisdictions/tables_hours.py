"""When one may contact people, copied by hand from rules.md: opening and closing hour by kind of day.

"none" is closed all day; "-" says nothing of public holidays, so they are days like others.
"""

# Row | kinds of contact | Mon-Fri | Sat | Sun | public holidays | clock
HOURS = """
house.hours             | all       | 09-20       | 09-20       | none  | -     | America/New_York
us.hours                | all       | 08-21       | 08-21       | 08-21 | -     | America/New_York
us-al.hours             | all       | 08-20       | 08-20       | none  | none  | America/Chicago
us-az.hours             | all       | 08-21       | 08-21       | 08-21 | -     | America/Phoenix
us-ca.hours | all | 09-21 | 09-21 | 09-21 | - | America/Los_Angeles
us-ct.hours             | all       | 09-20       | 09-20       | 09-20 | 09-20 | America/New_York
us-fl.hours@2023-05-25  | all       | 08-20       | 08-20       | 08-20 | 08-20 | America/New_York
us-il.hours             | all       | 09-21       | 09-21       | 09-21 | -     | America/Chicago
us-ky.hours             | all       | 10-21       | 10-21       | 10-21 | 10-21 | America/New_York
us-la.hours             | all       | 08-20       | 08-20       | none  | none  | America/Chicago
us-ma.hours             | all       | 08-20       | 08-20       | 08-20 | 08-20 | America/New_York
us-md.hours             | all       | 08-20       | 08-20       | 08-20 | 08-20 | America/New_York
us-mi.hours             | all       | 09-21       | 09-21       | 09-21 | 09-21 | America/Detroit
us-mn.hours             | all       | 09-21       | 09-21       | 09-21 | 09-21 | America/Chicago
us-ms.hours             | all       | 08-20       | 08-20       | none  | none  | America/Chicago
us-ne.hours             | all       | 08-21       | 08-21       | 13-21 | 13-21 | America/Chicago
us-nj.hours             | all       | 08-20       | 08-20       | 08-20 | 08-20 | America/New_York
us-nm.hours             | all       | 09-21       | 09-21       | 09-21 | 09-21 | America/Denver
us-nv.hours | all | 09-20 | 09-20 | 09-20 | 09-20 | America/Los_Angeles
us-ok.hours@2022-11-01  | all       | 08-20       | 08-20       | 08-20 | 08-20 | America/Chicago
us-pa.hours             | all       | 08-21       | 08-21       | 08-21 | none  | America/New_York
us-ri.hours             | all       | 09-18       | 10-17       | 10-17 | none  | America/New_York
us-tx.hours@2025-09-01  | all       | 09-21       | 09-21       | 12-21 | 12-21 | America/Chicago
us-ut.hours             | all       | 08-21       | 08-21       | none  | none  | America/Denver
us-wa.hours | all | 08-20 | 08-20 | 08-20 | 08-20 | America/Los_Angeles
ca.hours                | all       | 09-21:30    | 10-18       | 10-18 | -     | America/Toronto
ca.hours.auto_call      | auto_call | 09:30-20    | 10:30-17    | 12-17 | -     | America/Toronto
gb.hours                | all       | 08-20       | 08-20       | none  | none  | Europe/London
au.hours                | all       | 09-20       | 09-17       | none  | none  | Australia/Sydney
"""

# A public holiday that falls on a weekday, in the calendar of the row's place.
HOLIDAY = {"us": "2026-11-26", "ca": "2026-07-01", "gb": "2026-12-25", "au": "2027-01-26"}

# What the whole guard's hours say with the house rule and every row together: place, kind of contact, local
# time on the clock named, open or closed.
INSTANTS = """
us-ky | sms       | Thu 2026-12-03 09:59 | America/New_York    | closed | Kentucky opens at ten
us-ky | sms       | Thu 2026-12-03 10:00 | America/New_York    | open   | Kentucky opens at ten
us-ky | sms       | Sun 2026-12-06 10:30 | America/New_York    | closed | the house rests on Sunday
us-ri | email     | Wed 2026-12-02 17:49 | America/New_York    | open   | ten minutes before six
us-ri | email     | Wed 2026-12-02 17:50 | America/New_York    | closed | ten minutes before six
us-ri | sms | Mon 2026-08-10 12:00 | America/New_York | closed | Victory Day is Rhode Island's own
us-ma | sms | Mon 2026-08-10 12:00 | America/New_York | open | not a holiday in Massachusetts
us-la | sms       | Tue 2026-02-17 12:00 | America/Chicago     | closed | Mardi Gras
us-ms | sms       | Tue 2026-02-17 12:00 | America/Chicago     | open   | not in Mississippi
us-ut | portal    | Fri 2026-07-24 12:00 | America/Denver      | closed | Pioneer Day
us-al | call      | Mon 2026-04-27 12:00 | America/Chicago     | closed | Alabama's own day
us-ny | sms | Thu 2026-11-26 12:00 | America/New_York | closed | the house rests on Thanksgiving
us-ny | sms | Fri 2026-11-27 19:49 | America/New_York | open | a state without a row: the house
us-tx | sms | Sat 2026-12-05 09:00 | America/Chicago | open | the house rule is as strict
ca-on | sms       | Mon 2026-12-07 19:49 | America/Toronto     | open   | until the house closes
ca-on | auto_call | Mon 2026-12-07 09:29 | America/Toronto | closed | a machine's voice from half past nine
ca-on | call      | Mon 2026-12-07 09:29 | America/Toronto     | open   | by hand from nine
ca | auto_call | Sat 2026-12-05 16:49 | America/Toronto | open | a machine's voice until five
ca | auto_call | Sat 2026-12-05 16:59 | America/Toronto | closed | a machine's voice until five
ca-bc | sms       | Sat 2026-12-05 09:59 | America/Vancouver   | closed | Saturdays from ten
ca-bc | sms       | Sat 2026-12-05 17:49 | America/Vancouver   | open   | Saturdays until six
ca-qc | sms | Wed 2026-06-24 12:00 | America/Toronto | closed | Saint John the Baptist is Quebec's
ca-on | sms       | Wed 2026-06-24 12:00 | America/Toronto     | open   | and not Ontario's
gb-sct | sms | Mon 2026-11-30 12:00 | Europe/London | closed | Saint Andrew's Day in Scotland
gb-eng | sms      | Mon 2026-11-30 12:00 | Europe/London       | open   | a working day in England
gb | sms | Mon 2026-11-30 12:00 | Europe/London | closed | a nation that is not known has all days off
gb-eng | sms      | Mon 2026-12-07 08:30 | Europe/London       | closed | the house opens at nine
gb-eng | email    | Mon 2026-12-28 12:00 | Europe/London       | closed | Boxing Day moved to Monday
au-nsw | sms      | Sat 2026-12-05 16:49 | Australia/Sydney    | open   | Saturdays until five
au-nsw | sms      | Sat 2026-12-05 16:50 | Australia/Sydney    | closed | Saturdays until five
au-wa | sms       | Tue 2027-01-26 12:00 | Australia/Perth     | closed | Australia Day
au-vic | sms      | Tue 2026-11-03 12:00 | Australia/Melbourne | closed | the Cup is Victoria's
au-nsw | sms      | Tue 2026-11-03 12:00 | Australia/Sydney    | open   | and not New South Wales's
fr    | sms       | Tue 2026-07-14 12:00 | Europe/Paris        | closed | the national day
de    | sms       | Tue 2026-07-14 12:00 | Europe/Berlin       | open   | a working day in Germany
pt | sms | Fri 2026-04-03 12:00 | Europe/Lisbon | closed | Good Friday, in a country without rows
us-narnia | sms | Wed 2026-12-02 09:59 | America/New_York | closed | a state nobody knows: Kentucky's morning
us-narnia | sms   | Wed 2026-12-02 17:50 | America/New_York    | closed | and Rhode Island's evening
us-narnia | sms   | Wed 2026-12-02 17:49 | America/New_York    | open   | and nothing of Canada
mx | sms | Tue 2026-07-14 12:00 | America/Mexico_City | closed | a country nobody knows: every holiday
mx    | auto_call | Wed 2026-12-02 09:59 | America/Mexico_City | closed | and every hour
mx    | auto_call | Wed 2026-12-02 10:00 | America/Mexico_City | open   | and every hour
"""
