"""A district to try Linli with: real places, synthetic people, a year of matters."""
