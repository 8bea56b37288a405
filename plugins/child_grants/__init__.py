"""*Tilskudd til aktivitetstilbud for barn i asylmottak* (forskrift 17.12.2020 nr. 2921)."""
