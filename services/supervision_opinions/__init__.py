"""Opinions of people's supervisors (监督意见): sealed, answered, receipted."""
