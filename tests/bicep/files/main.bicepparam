using './main.bicep'

param denyPriority = 1000
