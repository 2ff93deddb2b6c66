"""Registers of schools (GIAS of England, NCES CCD of the United States), read into what is compared by.

`engine.registers.reading.read_register` is the way in.
"""
