<?php
echo "Hello from " . htmlspecialchars(gethostname());
