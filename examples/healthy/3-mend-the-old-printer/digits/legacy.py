"""From before this repository had style rules: prints a digit in the terminal."""
import os, sys
import json

SHADES = " .:-=+*%#@"

def show( pixels ):
    for row in range(8) :
        line = ''.join([ SHADES[int(p*9/16)] for p in pixels[row*8:row*8+8] ])
        print( line )
    unused = len(pixels)

if __name__ == '__main__':
    show( json.loads(sys.argv[1]) )
