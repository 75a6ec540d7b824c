// Live: keeps an open page true.
