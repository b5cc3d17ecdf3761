"""What the plot scripts share: reading reports and samples, decoding histograms, one look, one command line."""
