"""What tells who somebody is, found in free text and masked before anything is stored.

Numbers with a checksum (cards, IBAN), addresses (e-mail, IP), telephone numbers, and the names of the customer's own
record. docs/how-to/privacy.md says which column is masked when; docs/decisions/privacy-at-the-door.md says why.
"""

from heartline.privacy.columns import Counts, mask_column, mask_json_column, mask_whole
from heartline.privacy.kinds import KINDS, kinds_of, mark
from heartline.privacy.masking import masked
from heartline.privacy.names import Names, names_of

__all__ = [
    "KINDS", "Counts", "Names", "kinds_of", "mark", "mask_column", "mask_json_column", "mask_whole", "masked",
    "names_of",
]  # fmt: skip
