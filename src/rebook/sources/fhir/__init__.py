"""FHIR R4: Bundles and NDJSON, plain or gzip, single files or the folder of a bulk export.

``FhirReader`` is the door. FHIR's words stop here.
"""

from rebook.sources.fhir.mapping import FhirMapping, load_mapping
from rebook.sources.fhir.reader import FhirReader

__all__ = ["FhirMapping", "FhirReader", "load_mapping"]
