"""Appeals (*klager*, fvl. kapittel VI): each a case of its own, with the decided case as its parent."""
