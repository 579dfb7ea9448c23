"""Names for invented people: common given and family names by language, and streets that do not exist."""

GIVEN: dict[str, dict[str, tuple[str, ...]]] = {
    "en": {
        "female": ("Alice", "Beth", "Carol", "Dana", "Ellen", "Fiona", "Grace", "Hannah", "Irene", "Joan", "Kate",
                   "Laura", "Megan", "Nora", "Olive", "Paula", "Ruth", "Susan", "Tara", "Wendy"),
        "male": ("Adam", "Brian", "Colin", "David", "Eric", "Frank", "George", "Henry", "Ivan", "James", "Kevin",
                 "Liam", "Mark", "Noah", "Oscar", "Peter", "Ryan", "Samuel", "Thomas", "Walter"),
    },
    "es": {
        "female": ("Ana", "Beatriz", "Carmen", "Elena", "Gloria", "Isabel", "Julia", "Luisa", "Marta", "Rosa",
                   "Silvia", "Teresa"),
        "male": ("Carlos", "Diego", "Enrique", "Felipe", "Jorge", "Juan", "Luis", "Manuel", "Miguel", "Pablo",
                 "Rafael", "Sergio"),
    },
    "vi": {"female": ("Lan", "Mai", "Hoa", "Thu"), "male": ("Minh", "Tuan", "Huy", "Nam")},
    "pl": {"female": ("Anna", "Ewa", "Maria", "Zofia"), "male": ("Adam", "Jan", "Marek", "Piotr")},
}  # fmt: skip

FAMILY: dict[str, tuple[str, ...]] = {
    "en": ("Abbott", "Barnes", "Carter", "Dawson", "Ellis", "Foster", "Grant", "Harper", "Irwin", "Jensen", "Keller",
           "Lawson", "Morris", "Norton", "Osborne", "Parker", "Quinn", "Reeves", "Sawyer", "Turner", "Underwood",
           "Vance", "Walsh", "Young", "Zeller"),
    "es": ("Alvarez", "Castillo", "Diaz", "Flores", "Garcia", "Herrera", "Jimenez", "Lopez", "Martinez", "Navarro",
           "Ortega", "Perez", "Ramirez", "Sanchez", "Torres", "Vargas"),
    "vi": ("Nguyen", "Tran", "Le", "Pham"),
    "pl": ("Kowalski", "Nowak", "Wozniak", "Zielinski"),
}  # fmt: skip

STREETS = ("Alder Row", "Birch Walk", "Cedar Bend", "Dogwood Lane", "Elm Hollow", "Fern Street", "Grove Path",
           "Hazel Court", "Ivy Road", "Juniper Way")  # fmt: skip
