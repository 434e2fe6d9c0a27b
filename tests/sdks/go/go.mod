module zendesk-mock/tests/sdks/go

go 1.26

require (
	github.com/MEDIGO/go-zendesk v0.0.0-20240607104320-2c8fcdcd0ccb
	github.com/nukosuke/go-zendesk v0.18.0
	github.com/stretchr/testify v1.8.4
)

require (
	github.com/davecgh/go-spew v1.1.1 // indirect
	github.com/google/go-querystring v1.1.0 // indirect
	github.com/pmezard/go-difflib v1.0.0 // indirect
	github.com/stretchr/objx v0.5.0 // indirect
	gopkg.in/yaml.v3 v3.0.1 // indirect
)
