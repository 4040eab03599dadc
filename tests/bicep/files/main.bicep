// A group with a rule that stops everything, and a module with another one.
param location string = resourceGroup().location
param denyPriority int

var denied = 'Deny_All'

resource nsg 'Microsoft.Network/networkSecurityGroups@2023-09-01' = {
  name: 'nsg-app'
  location: location
  properties: {
    securityRules: [
      {
        name: denied
        properties: {
          priority: denyPriority
          access: 'Deny'
          direction: 'Outbound'
          protocol: '*'
          sourceAddressPrefix: '*'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '*'
        }
      }
      {
        name: 'AllowStorage'
        properties: {
          priority: 2000
          access: 'Allow'
          direction: 'Outbound'
          protocol: 'Tcp'
          sourceAddressPrefix: '*'
          sourcePortRange: '*'
          destinationAddressPrefix: 'Storage'
          destinationPortRange: '443'
        }
      }
    ]
  }
}

module data 'modules/data.bicep' = {
  name: 'data'
  params: {
    location: location
  }
}
