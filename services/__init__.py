"""What the procuratorate does; knows no HTTP and no phone."""
