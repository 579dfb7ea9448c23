"""Messages into the patient portal of a system that speaks FHIR R4, as ``Communication``."""

from .adapter import PortalFhir
from .server import FhirServer, PortalUrlInvalid

__all__ = ["FhirServer", "PortalFhir", "PortalUrlInvalid"]
