"""Requests for approval of arrest (提请批准逮捕): intake, checks and acceptance."""
