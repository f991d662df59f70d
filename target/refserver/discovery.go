package refserver

func (c *call) discover(path []string) (answer, error) {
	return answer{}, notFound("there is nothing at this address")
}

func (c *call) search(col collection) (answer, error) {
	return answer{}, problemf(501, "", "search is not implemented")
}
