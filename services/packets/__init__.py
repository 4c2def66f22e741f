"""Reading packets (监督材料): what an invited supervisor may read, and for how long."""
