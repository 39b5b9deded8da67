"""Who is this? Measures of identification (one against a gallery) and verification (one against one).

The words are those of ISO/IEC 19795 and of NIST's face recognition evaluations. A *probe* is what is looked for, the
*gallery* is what is enrolled. A probe is *mated* when its person is enrolled. FNIR, the false negative identification
rate: mated searches that do not return the mate above the threshold. FPIR, the false positive identification rate:
non-mated searches that return anybody above it. TAR at FAR is of pairs, without a gallery; a threshold made from it
fails at scale, because FPIR is about 1 - (1 - FAR)^N for a gallery of N.
"""
